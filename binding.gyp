{
  "targets": [
    {
      "target_name": "cpw-native",
      "type": "none",
      "actions": [
        {
          "action_name": "cmake",
          "inputs": ["CMakeLists.txt"],
          "outputs": ["build/Release/cpw-native.node"],
          "action": ["npm", "run", "build:native"]
        }
      ]
    }
  ]
}
